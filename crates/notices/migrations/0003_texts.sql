-- What officers made of a notice's delivered text, and from which day. Never changed, only followed by a later row.
CREATE TABLE notice_texts (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    from_day TEXT NOT NULL,
    set_by INTEGER NOT NULL,
    set_at INTEGER NOT NULL
);
CREATE INDEX notice_texts_kind ON notice_texts (kind, from_day, id);
-- append-only: notice_texts
