-- What she answered before is looked for at every page of a form: by person, not among all that was ever filed.
CREATE INDEX applications_filed ON applications (person, id) WHERE state = 'filed';
