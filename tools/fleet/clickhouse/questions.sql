-- SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
-- What one asks a fleet, for both sets of tables. Each query begins with a comment that names it.

-- Countries that are sent to, by how many hosts and apps
SELECT country, uniqExact(host_id) AS hosts, uniqExact(app_id) AS apps, sum(bytes_sent) AS sent
FROM egret_daily WHERE scope = 'internet' GROUP BY country ORDER BY sent DESC;

-- Apps that send most, and where most of it goes
SELECT app_id, uniqExact(host_id) AS hosts, sum(bytes_sent) AS sent, topK(3)(as_organization) AS operators
FROM egret_daily WHERE via = '' GROUP BY app_id ORDER BY sent DESC LIMIT 20;

-- Companies that hear from most hosts
SELECT owner, owner_country, uniqExact(host_id) AS hosts, uniqExact(app_id) AS apps, sum(bytes_sent) AS sent
FROM egret_daily WHERE owner != '' GROUP BY owner, owner_country ORDER BY hosts DESC, sent DESC LIMIT 20;

-- Destinations that one host only sends to, and much
SELECT registered_domain, any(host_name) AS host, any(app_id) AS app, sum(bytes_sent) AS sent
FROM egret_daily WHERE direction = 'outbound' AND registered_domain != ''
GROUP BY registered_domain HAVING uniqExact(host_id) = 1 ORDER BY sent DESC LIMIT 20;

-- One host in an hour, by app and address, from the rows
SELECT app_id, ip, port, any(domain) AS name, sum(bytes_sent) AS sent, sum(bytes_received) AS received
FROM egret_rows FINAL
WHERE host_id = (SELECT min(host_id) FROM egret_daily)
	AND interval_start >= toDateTime('2026-11-02 10:00:00') AND interval_start < toDateTime('2026-11-02 11:00:00')
GROUP BY app_id, ip, port ORDER BY sent DESC LIMIT 20;

-- Which hosts have talked to an address, ever so little
SELECT host_id, app_id, sum(bytes_sent) AS sent, count() AS rows
FROM egret_rows WHERE toString(ip) LIKE '%104.16.12.34' GROUP BY host_id, app_id ORDER BY sent DESC;

-- Sent per hour, all hosts, from the rows
SELECT toStartOfHour(interval_start) AS hour, sum(bytes_sent) AS sent, uniq(host_id) AS hosts
FROM egret_rows GROUP BY hour ORDER BY hour;
