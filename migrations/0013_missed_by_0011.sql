-- In which seal an event is: the ids of a seal ascend, so its first and last bound them. Ids are given to all districts together;
-- the district is looked at in the few rows that are found. A seal whose ids were tampered with shall stop no start: verifying names it.
CREATE INDEX seals_by_events ON seals USING gist (
  int8range(least(event_ids[1], event_ids[cardinality(event_ids)]), greatest(event_ids[1], event_ids[cardinality(event_ids)]), '[]'));

-- 0011 read what waited for a seal before its trigger waited for those who wrote: what they committed in between was put nowhere.
-- It waits from now on. That is no licence for what was put in elsewhere: only events that nobody sealed, and whose instant lies
-- within the hour before 0011 was done, are taken. An hour, because their transactions had begun before it and 0011 itself
-- may have waited for a long reader; a minute after it, because the clocks of the API's machines differ from the database's.
-- Nobody is kept from writing meanwhile: 0011 waited for all such transactions, and an event and its row here are seen together.
-- What later seals have left more than an hour behind is not sealed any more even so (libs/core/history/seal.ts).
INSERT INTO unsealed_events SELECT district_id, min(id), array_agg(id ORDER BY id)
FROM (
  SELECT e.district_id, e.id, (row_number() OVER (PARTITION BY e.district_id ORDER BY e.id) - 1) / 1000 AS part
  FROM schema_migrations m CROSS JOIN districts d
  JOIN events e ON e.district_id = d.id AND e.at > m.applied_at - interval '1 hour' AND e.at < m.applied_at + interval '1 minute'
  WHERE m.name = '0011_sealing_queue' AND e.seal IS NULL
    AND NOT EXISTS (SELECT FROM seals s WHERE s.district_id = e.district_id
      AND int8range(least(event_ids[1], event_ids[cardinality(event_ids)]), greatest(event_ids[1], event_ids[cardinality(event_ids)]), '[]') @> e.id
      AND e.id = ANY(event_ids))
    AND NOT EXISTS (SELECT FROM (SELECT district_id, unnest(event_ids) AS id FROM unsealed_events) w
      WHERE w.district_id = e.district_id AND w.id = e.id)
) missed
GROUP BY district_id, part;
