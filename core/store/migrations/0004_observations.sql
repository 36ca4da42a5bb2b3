-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the watched steps of a run showed of each operand. In the order of id.

CREATE TABLE observation (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    layer TEXT NOT NULL,
    operand TEXT NOT NULL,
    measure TEXT NOT NULL,
    value REAL
) STRICT;
CREATE INDEX observation_by_run ON observation (run, id);
