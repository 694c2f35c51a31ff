-- What a room told a person. The text as it was told, in both languages, lies sealed: a later wording does not change it.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    person INTEGER NOT NULL,
    -- What it is about, in the log's words.
    subject_kind TEXT NOT NULL,
    subject INTEGER NOT NULL,
    content BLOB NOT NULL,
    told_at INTEGER NOT NULL,
    read_at INTEGER
);
CREATE INDEX notices_person ON notices (person, id);
CREATE INDEX notices_unread ON notices (person, id) WHERE read_at IS NULL;
CREATE INDEX notices_told ON notices (told_at);

-- One way by which a notice goes out beside the page. Phone and address are looked up when it goes, never kept here.
CREATE TABLE notice_deliveries (
    id INTEGER PRIMARY KEY,
    notice INTEGER NOT NULL REFERENCES notices (id),
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'paper')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'delivered', 'failed', 'given_up')),
    -- Whose postroom prints a letter; none for SMS.
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
CREATE INDEX notice_deliveries_letters ON notice_deliveries (state, place, id) WHERE channel = 'paper';

-- How a person wants to be told; no row: by SMS, in Chinese.
CREATE TABLE notice_settings (
    person INTEGER PRIMARY KEY,
    sms_off_at INTEGER,
    paper_on_at INTEGER,
    lang TEXT NOT NULL CHECK (lang IN ('zh-Hans', 'zh-Hant', 'en')),
    changed_at INTEGER NOT NULL
);
