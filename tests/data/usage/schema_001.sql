-- Version 1 of the usage store's schema, with rows; made by `sqlite3.Connection.iterdump`.
BEGIN TRANSACTION;
CREATE TABLE calibration (
    model TEXT PRIMARY KEY,
    ratio REAL NOT NULL,
    samples INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
) WITHOUT ROWID
;
INSERT INTO "calibration" VALUES('zai/glm-4.7',1.25,9,1795262400000);
CREATE TABLE hops (
    request INTEGER NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    key_label TEXT,
    started_at_ms INTEGER NOT NULL,
    first_byte_ms REAL,
    duration_ms REAL,
    outcome TEXT NOT NULL,
    cause TEXT,
    status INTEGER,
    PRIMARY KEY (request, number)
) WITHOUT ROWID
;
INSERT INTO "hops" VALUES(1,1,'cerebras','zai-glm-4.7','CEREBRAS_API_KEY',1795262400000,190.0,700.0,'served',NULL,200);
INSERT INTO "hops" VALUES(2,1,'cerebras','zai-glm-4.7','CEREBRAS_API_KEY',1795262400000,NULL,20.0,'failed','rate_limit',429);
INSERT INTO "hops" VALUES(2,2,'zai','glm-4.7','ZAI_API_KEY',1795262400020,190.0,700.0,'served',NULL,200);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    started_at_ms INTEGER NOT NULL,
    session_id TEXT,
    agent_id TEXT,
    project TEXT,
    role TEXT,
    requested_model TEXT NOT NULL,
    served_model TEXT,
    provider TEXT,
    key_label TEXT,
    streamed INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    cost_usd REAL NOT NULL,
    wait_ms REAL,
    first_token_ms REAL,
    output_ms REAL,
    duration_ms REAL NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    fallback_from TEXT,
    fallback_cause TEXT,
    fault TEXT
);
INSERT INTO "requests" VALUES(1,'req_plain',1795262400000,'session-1',NULL,NULL,'main','claude-sonnet-4-5','zai-glm-4.7','cerebras','CEREBRAS_API_KEY',1,1000,400,500,100,0.01,5.0,200.0,500.0,700.0,'served',200,NULL,NULL,NULL);
INSERT INTO "requests" VALUES(2,'req_fell_back',1795262400000,'session-1','agent-1','demo','main','claude-sonnet-4-5','glm-4.7','zai','ZAI_API_KEY',1,1000,400,500,100,0.01,5.0,200.0,500.0,700.0,'served',200,'cerebras/zai-glm-4.7','rate_limit',NULL);
CREATE TABLE state (
    key TEXT PRIMARY KEY,
    json TEXT NOT NULL,
    updated_at_ms INTEGER NOT NULL
) WITHOUT ROWID
;
INSERT INTO "state" VALUES('cooling.CEREBRAS_API_KEY','{"until_ms":1}',1795262400000);
CREATE TABLE tools_called (
    request INTEGER NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (request, name)
) WITHOUT ROWID
;
INSERT INTO "tools_called" VALUES(2,'Read',2);
CREATE INDEX requests_by_time ON requests (started_at_ms);
CREATE INDEX requests_by_session ON requests (session_id, started_at_ms);
CREATE INDEX requests_by_key ON requests (key_label, started_at_ms);
COMMIT;
