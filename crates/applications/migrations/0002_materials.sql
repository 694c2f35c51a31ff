-- How many materials went with it, and how many of them she did not have to hand in.
ALTER TABLE applications ADD COLUMN materials INTEGER NOT NULL DEFAULT 0;
ALTER TABLE applications ADD COLUMN waived INTEGER NOT NULL DEFAULT 0;
