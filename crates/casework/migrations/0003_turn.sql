-- What is due at the turn of the day is asked of all bodies. The word is written so that no walk of a desk takes this index for its own,
-- which begins with the body.
DROP INDEX cases_turn;
CREATE INDEX cases_turn ON cases ((state || ''), due, id) WHERE closed_at IS NULL;
