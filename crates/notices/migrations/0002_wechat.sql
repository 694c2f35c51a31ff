-- WeChat joins the ways of a notice. A table's CHECK cannot be changed on SQLite, so the table is made anew.
CREATE TABLE notice_deliveries_2 (
    id INTEGER PRIMARY KEY,
    notice INTEGER NOT NULL REFERENCES notices (id),
    channel TEXT NOT NULL CHECK (channel IN ('wechat', 'sms', 'paper')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'delivered', 'failed', 'given_up')),
    -- Whose postroom prints a letter; none for messages.
    place INTEGER,
    planned_at INTEGER NOT NULL,
    -- Not before this instant: quiet hours.
    due_at INTEGER NOT NULL,
    sent_at INTEGER,
    settled_at INTEGER,
    -- The gateway's own number of the message.
    reference TEXT,
    -- Why it failed: a code, nothing of the person.
    fault TEXT,
    rev INTEGER NOT NULL CHECK (rev > 0),
    UNIQUE (notice, channel),
    CHECK ((channel = 'paper') = (place IS NOT NULL))
);
INSERT INTO notice_deliveries_2 (id, notice, channel, state, place, planned_at, due_at, sent_at, settled_at, reference, fault, rev)
    SELECT id, notice, channel, state, place, planned_at, due_at, sent_at, settled_at, reference, fault, rev FROM notice_deliveries;
DROP TABLE notice_deliveries;
ALTER TABLE notice_deliveries_2 RENAME TO notice_deliveries;
CREATE INDEX notice_deliveries_letters ON notice_deliveries (state, place, id) WHERE channel = 'paper';

-- How she wants to be told: WeChat where she has bound it, unless she says no; and which of the two comes first.
ALTER TABLE notice_settings ADD COLUMN wechat_off_at INTEGER;
ALTER TABLE notice_settings ADD COLUMN sms_first_at INTEGER;

-- The WeChat account to which a person's notices go. The gateway's name of it lies sealed.
CREATE TABLE wechat_bindings (
    person INTEGER PRIMARY KEY,
    open_id BLOB NOT NULL,
    -- Keyed digest, so that an account that leaves is found again.
    open_key BLOB NOT NULL,
    bound_at INTEGER NOT NULL
);
CREATE INDEX wechat_bindings_key ON wechat_bindings (open_key);

-- A resident is about to bind: what she shows in WeChat comes back from the gateway. Digests alone.
CREATE TABLE wechat_tickets (
    digest BLOB PRIMARY KEY,
    person INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE INDEX wechat_tickets_made ON wechat_tickets (made_at);
