-- SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
-- Rows of many hosts in a current ClickHouse (23.3 or later); read from egret's NDJSON.
--
--   clickhouse-client --multiquery <tools/fleet/clickhouse/rows.sql
--   clickhouse-client --query 'INSERT INTO egret_lines FORMAT JSONAsString' <rows.ndjson
--
-- NOT RUN by any test: no such ClickHouse is packaged where egret is developed. Written after
-- ClickHouse's documentation, with the columns and the meaning of rows-18.sql, which is tested.

-- What comes in, a line each: nothing is kept of it but what the views below make of it. A shipper
-- that puts something around the line can send that here once the views look into it.
CREATE TABLE IF NOT EXISTS egret_lines (line String) ENGINE = Null;

-- What is unknown is '', 0, or NULL where 0 could be meant.
-- The same row sent again has the same event_id and replaces the first one: ask with FINAL.
CREATE TABLE IF NOT EXISTS egret_rows (
	interval_start DateTime('UTC') CODEC(DoubleDelta, ZSTD),
	interval_end DateTime('UTC') CODEC(DoubleDelta, ZSTD),
	event_id FixedString(16),
	host_id LowCardinality(String), host_name LowCardinality(String),
	app_id LowCardinality(String), app_kind LowCardinality(String), app_name LowCardinality(String),
	trust LowCardinality(String), via LowCardinality(String), user_id LowCardinality(String),
	ip IPv6, -- IPv4 as ::ffff:a.b.c.d; :: where the address was lost
	port UInt16, transport LowCardinality(String), direction LowCardinality(String),
	scope LowCardinality(String),
	domain String CODEC(ZSTD), domain_source LowCardinality(String),
	domain_confidence LowCardinality(String), registered_domain LowCardinality(String),
	as_number UInt32, as_organization LowCardinality(String), as_country LowCardinality(String),
	country LowCardinality(String), anycast Nullable(Bool),
	owner LowCardinality(String), owner_country LowCardinality(String),
	bytes_sent UInt64 CODEC(T64, ZSTD), bytes_received UInt64 CODEC(T64, ZSTD),
	connections UInt64 CODEC(T64, ZSTD), failed UInt64 CODEC(T64, ZSTD),
	first_seen DateTime64(9, 'UTC') CODEC(Delta, ZSTD), last_seen DateTime64(9, 'UTC') CODEC(Delta, ZSTD),
	flag LowCardinality(String)
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(interval_start)
ORDER BY (host_id, app_id, registered_domain, ip, interval_start, event_id)
TTL interval_start + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS egret_rows_in TO egret_rows AS
WITH
	JSONExtractString(line, 'network', 'direction') AS network_direction,
	JSONExtractString(line, 'destination', 'ip') AS address
SELECT
	parseDateTimeBestEffort(JSONExtractString(line, 'event', 'start'), 'UTC') AS interval_start,
	parseDateTimeBestEffort(JSONExtractString(line, 'event', 'end'), 'UTC') AS interval_end,
	toFixedString(unhex(JSONExtractString(line, 'event', 'id')), 16) AS event_id,
	JSONExtractString(line, 'host', 'id') AS host_id,
	JSONExtractString(line, 'host', 'name') AS host_name,
	JSONExtractString(line, 'egret', 'app', 'id') AS app_id,
	JSONExtractString(line, 'egret', 'app', 'kind') AS app_kind,
	JSONExtractString(line, 'egret', 'app', 'name') AS app_name,
	JSONExtractString(line, 'egret', 'app', 'trust') AS trust,
	JSONExtractString(line, 'egret', 'app', 'via') AS via,
	JSONExtractString(line, 'user', 'id') AS user_id,
	toIPv6OrDefault(address) AS ip,
	JSONExtract(line, if(network_direction = 'ingress', 'source', 'destination'), 'port', 'UInt16') AS port,
	JSONExtractString(line, 'network', 'transport') AS transport,
	multiIf(network_direction = 'ingress', 'inbound', network_direction = 'egress', 'outbound', '') AS direction,
	JSONExtractString(line, 'egret', 'scope') AS scope,
	JSONExtractString(line, 'destination', 'domain') AS domain,
	JSONExtractString(line, 'egret', 'domain_source') AS domain_source,
	JSONExtractString(line, 'egret', 'domain_confidence') AS domain_confidence,
	JSONExtractString(line, 'destination', 'registered_domain') AS registered_domain,
	JSONExtract(line, 'destination', 'as', 'number', 'UInt32') AS as_number,
	JSONExtractString(line, 'destination', 'as', 'organization', 'name') AS as_organization,
	JSONExtractString(line, 'egret', 'as_country') AS as_country,
	JSONExtractString(line, 'destination', 'geo', 'country_iso_code') AS country,
	JSONExtract(line, 'egret', 'anycast', 'Nullable(Bool)') AS anycast,
	JSONExtractString(line, 'egret', 'owner', 'name') AS owner,
	JSONExtractString(line, 'egret', 'owner', 'country') AS owner_country,
	JSONExtractUInt(line, 'source', 'bytes') AS bytes_sent,
	JSONExtractUInt(line, 'destination', 'bytes') AS bytes_received,
	JSONExtractUInt(line, 'egret', 'connections') AS connections,
	JSONExtractUInt(line, 'egret', 'failed') AS failed,
	parseDateTime64BestEffortOrZero(JSONExtractString(line, 'egret', 'first_seen'), 9, 'UTC') AS first_seen,
	parseDateTime64BestEffortOrZero(JSONExtractString(line, 'egret', 'last_seen'), 9, 'UTC') AS last_seen,
	JSONExtractString(line, 'egret', 'app', 'flag') AS flag
FROM egret_lines
WHERE JSONExtractString(line, 'event', 'dataset') = 'egret.row';

-- The last line of each interval says how many rows it has and what was lost: hosts of which rows
-- are missing, or that have stopped, show here.
CREATE TABLE IF NOT EXISTS egret_intervals (
	interval_start DateTime('UTC') CODEC(DoubleDelta, ZSTD),
	interval_end DateTime('UTC') CODEC(DoubleDelta, ZSTD),
	host_id LowCardinality(String), host_name LowCardinality(String),
	rows UInt32, bytes_sent UInt64, bytes_received UInt64, complete Bool,
	lost Map(String, UInt64),
	databases String -- of places, with their age: as the line has them, in JSON
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(interval_start)
ORDER BY (host_id, interval_start)
TTL interval_start + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS egret_intervals_in TO egret_intervals AS
SELECT
	parseDateTimeBestEffort(JSONExtractString(line, 'event', 'start'), 'UTC') AS interval_start,
	parseDateTimeBestEffort(JSONExtractString(line, 'event', 'end'), 'UTC') AS interval_end,
	JSONExtractString(line, 'host', 'id') AS host_id,
	JSONExtractString(line, 'host', 'name') AS host_name,
	JSONExtract(line, 'egret', 'rows', 'UInt32') AS rows,
	JSONExtractUInt(line, 'egret', 'totals', 'bytes_sent') AS bytes_sent,
	JSONExtractUInt(line, 'egret', 'totals', 'bytes_received') AS bytes_received,
	JSONExtractBool(line, 'egret', 'ledger', 'complete') AS complete,
	JSONExtract(line, 'egret', 'ledger', 'lost', 'Map(String, UInt64)') AS lost,
	JSONExtractRaw(line, 'egret', 'databases') AS databases
FROM egret_lines
WHERE JSONExtractString(line, 'event', 'dataset') = 'egret.interval_end';

-- A day in a form that is kept for years: who sent what to whom, without single addresses. Filled
-- by roll-up, and only by that: a view that adds up as rows come in would count a row that comes
-- twice twice.
CREATE TABLE IF NOT EXISTS egret_daily (
	day Date, host_id LowCardinality(String), host_name LowCardinality(String),
	app_id LowCardinality(String), app_kind LowCardinality(String), via LowCardinality(String),
	direction LowCardinality(String), scope LowCardinality(String),
	registered_domain LowCardinality(String), as_number UInt32,
	as_organization LowCardinality(String), country LowCardinality(String),
	owner LowCardinality(String), owner_country LowCardinality(String),
	addresses UInt64, bytes_sent UInt64, bytes_received UInt64, connections UInt64, failed UInt64,
	first_seen DateTime64(9, 'UTC'), last_seen DateTime64(9, 'UTC')
) ENGINE = MergeTree
PARTITION BY day
ORDER BY (app_id, registered_domain, country, host_id)
TTL day + INTERVAL 5 YEAR
SETTINGS ttl_only_drop_parts = 1;
