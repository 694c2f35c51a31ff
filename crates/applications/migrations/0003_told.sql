-- When she was told that her draft is about to go; saving it again begins anew.
ALTER TABLE applications ADD COLUMN told_at INTEGER;
CREATE INDEX applications_untold ON applications (saved_at, id) WHERE state = 'draft' AND told_at IS NULL;
