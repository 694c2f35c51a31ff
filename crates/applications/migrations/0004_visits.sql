-- How often its applicant came, once what she applied for was decided and handed over, and the day on which that was noted.
ALTER TABLE applications ADD COLUMN visits INTEGER;
ALTER TABLE applications ADD COLUMN visits_on TEXT;
CREATE INDEX applications_visits ON applications (visits_on, item_key, visits) WHERE visits_on IS NOT NULL;
-- Sums of days that are over: cases of an item by month and number of visits. Nothing of a person.
CREATE TABLE visit_months (
    item_key TEXT NOT NULL,
    -- Its first day.
    month TEXT NOT NULL,
    visits INTEGER NOT NULL CHECK (visits >= 0),
    cases INTEGER NOT NULL CHECK (cases > 0),
    PRIMARY KEY (item_key, month, visits)
);
CREATE INDEX visit_months_month ON visit_months (month);
CREATE TABLE visit_months_until (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    day TEXT NOT NULL
);
