-- The proofs of a body, newest first, for its office.
CREATE INDEX proofs_body ON proofs (body, state, id);
