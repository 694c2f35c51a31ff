-- What was filed, decided and reviewed on a day, of a body (0: of all), and all until the end of it. Only days that are over: nothing of
-- them changes any more. `linli check` adds the cases up again.
CREATE TABLE case_days (
    body INTEGER NOT NULL,
    day TEXT NOT NULL,
    filed INTEGER NOT NULL,
    decided INTEGER NOT NULL,
    in_time INTEGER NOT NULL,
    reviews INTEGER NOT NULL,
    pleased INTEGER NOT NULL,
    filed_sum INTEGER NOT NULL,
    decided_sum INTEGER NOT NULL,
    in_time_sum INTEGER NOT NULL,
    reviews_sum INTEGER NOT NULL,
    pleased_sum INTEGER NOT NULL,
    PRIMARY KEY (body, day)
);
CREATE INDEX case_days_day ON case_days (day, body);

-- The last day that was added up: a row for it stands there even if nothing happened.
CREATE TABLE case_days_until (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    day TEXT NOT NULL
);
