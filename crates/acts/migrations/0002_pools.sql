-- Jobs that wait for the same thing outside lie in one pool: each pool is taken from for itself, so that one of them that is slow
-- holds up no other.
ALTER TABLE jobs ADD COLUMN pool TEXT NOT NULL DEFAULT 'inside';
DROP INDEX jobs_open;
CREATE INDEX jobs_ready ON jobs (pool, due_at, id) WHERE done_at IS NULL AND failed_at IS NULL;
