-- Who is served is looked for when her consent ends.
CREATE INDEX sessions_for_person ON sessions (for_person) WHERE for_person IS NOT NULL;
