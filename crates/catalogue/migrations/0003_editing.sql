-- 1: an officer of the district has changed, added or retired it. From then on it is the district's own: what comes with the program is
-- offered (`item_newer`) and never put over it.
ALTER TABLE items ADD COLUMN own INTEGER NOT NULL DEFAULT 0 CHECK (own IN (0, 1));
-- Why residents find it no more, and since when; of a retired item alone.
ALTER TABLE items ADD COLUMN retired_why TEXT;
ALTER TABLE items ADD COLUMN retired_at INTEGER;
CREATE INDEX items_retired ON items (id) WHERE state = 'retired';

-- The text that the program last brought for an item that is the district's own.
CREATE TABLE item_newer (
    item INTEGER PRIMARY KEY REFERENCES items (id),
    document JSON NOT NULL,
    hash BLOB NOT NULL,
    came_at INTEGER NOT NULL,
    -- 1: an officer has taken it over or put it aside.
    seen INTEGER NOT NULL CHECK (seen IN (0, 1))
);
