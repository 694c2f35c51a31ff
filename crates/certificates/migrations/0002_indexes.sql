-- Showings of a person, for erasure and for records that are joined; how many certificates are good on a day.
CREATE INDEX certificate_showings_person ON certificate_showings (person);
CREATE INDEX certificates_good ON certificates (state, issued_on, valid_until);
