-- SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
-- Rows of many hosts in ClickHouse 18.16, the one that Debian 12 has; read from egret's CSV.
--
--   clickhouse-client --multiquery <tools/fleet/clickhouse/rows-18.sql
--   clickhouse-client --query 'INSERT INTO egret_csv FORMAT CSVWithNames' <rows.csv
--
-- tests/fleet/clickhouse_test.py runs this file. For a ClickHouse of this decade: rows.sql.

-- What comes in, cell by cell as it stands there: nothing is kept of it but what the view below
-- makes of it. Columns that a later egret adds at the end are to be added here first.
CREATE TABLE IF NOT EXISTS egret_csv (
	interval_start String, interval_end String, event_id String, host_id String, host_name String,
	app_id String, app_kind String, app_name String, trust String, via String, user_id String,
	ip String, port String, transport String, direction String, scope String,
	domain String, domain_source String, domain_confidence String, registered_domain String,
	as_number String, as_organization String, as_country String, country String, anycast String,
	owner String, owner_country String,
	bytes_sent String, bytes_received String, connections String, failed String,
	first_seen String, last_seen String, flag String, databases String
) ENGINE = Null;

-- A text that is unknown is '', a number 0, a moment 0. Moments are nanoseconds since 1970.
-- The same row sent again has the same event_id and replaces the first one: ask with FINAL.
CREATE TABLE IF NOT EXISTS egret_rows (
	interval_start DateTime, interval_end DateTime, event_id FixedString(16),
	host_id String, host_name String,
	app_id String, app_kind String, app_name String, trust String, via String, user_id String,
	ip String, port UInt16, transport String, direction String, scope String,
	domain String, domain_source String, domain_confidence String, registered_domain String,
	as_number UInt32, as_organization String, as_country String, country String,
	anycast Enum8('unknown' = 0, 'no' = 1, 'yes' = 2), owner String, owner_country String,
	bytes_sent UInt64, bytes_received UInt64, connections UInt64, failed UInt64,
	first_seen UInt64, last_seen UInt64, flag String, databases String
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(interval_start)
ORDER BY (host_id, app_id, registered_domain, ip, interval_start, event_id);

CREATE MATERIALIZED VIEW IF NOT EXISTS egret_csv_in TO egret_rows AS
SELECT
	parseDateTimeBestEffort(interval_start) AS interval_start,
	parseDateTimeBestEffort(interval_end) AS interval_end,
	toFixedString(unhex(event_id), 16) AS event_id,
	host_id, host_name, app_id, app_kind, app_name, trust, via, user_id,
	ip, toUInt16OrZero(port) AS port, transport, direction, scope,
	domain, domain_source, domain_confidence, registered_domain,
	toUInt32OrZero(as_number) AS as_number, as_organization, as_country, country,
	CAST(multiIf(anycast = 'true', 'yes', anycast = 'false', 'no', 'unknown'),
		'Enum8(\'unknown\' = 0, \'no\' = 1, \'yes\' = 2)') AS anycast,
	owner, owner_country,
	toUInt64(bytes_sent) AS bytes_sent, toUInt64(bytes_received) AS bytes_received,
	toUInt64(connections) AS connections, toUInt64(failed) AS failed,
	if(first_seen = '', 0, toUInt64(toUInt32(parseDateTimeBestEffort(first_seen))) * 1000000000
		+ toUInt64OrZero(substring(first_seen, 21, 9))) AS first_seen,
	if(last_seen = '', 0, toUInt64(toUInt32(parseDateTimeBestEffort(last_seen))) * 1000000000
		+ toUInt64OrZero(substring(last_seen, 21, 9))) AS last_seen,
	flag, databases
FROM egret_csv;

-- A day in a form that is kept for years: who sent what to whom, without single addresses. Filled
-- by roll-up, and only by that: a view that adds up as rows come in would count a row that comes
-- twice twice.
CREATE TABLE IF NOT EXISTS egret_daily (
	day Date, host_id String, host_name String, app_id String, app_kind String, via String,
	direction String, scope String, registered_domain String,
	as_number UInt32, as_organization String, country String, owner String, owner_country String,
	addresses UInt64, bytes_sent UInt64, bytes_received UInt64, connections UInt64, failed UInt64,
	first_seen UInt64, last_seen UInt64
) ENGINE = MergeTree
PARTITION BY day
ORDER BY (app_id, registered_domain, country, host_id);
