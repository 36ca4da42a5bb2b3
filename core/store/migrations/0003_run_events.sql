-- SPDX-License-Identifier: GPL-3.0-or-later
-- What happened to a run at a step and is no curve: a width that a controller changed, an update
-- that overflowed. In the order of id.

CREATE TABLE run_event (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    subject TEXT NOT NULL,
    value REAL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX run_event_by_run ON run_event (run, id);
