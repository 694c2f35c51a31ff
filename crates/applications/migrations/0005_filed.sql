-- What she answered before is looked for at every page of a form: by person, not among all that was ever filed.
CREATE INDEX applications_filed ON applications (person, id) WHERE state = 'filed';
-- The shares of what needed no typing and no papers are sums over all that was filed: read from the index alone.
DROP INDEX applications_saved;
CREATE INDEX applications_saved ON applications (state, saved_at, prefilled, fields, waived, materials);
