-- Showings of a person, for erasure and for records that are joined.
CREATE INDEX certificate_showings_person ON certificate_showings (person);
-- The newest of a kind that she holds.
DROP INDEX certificates_kind;
CREATE INDEX certificates_kind ON certificates (kind, state, person, issued_on, id);
-- How many are good on a day.
CREATE INDEX certificates_good ON certificates (state, issued_on, valid_until);
