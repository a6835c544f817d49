-- The aggregates of some tags' samples in [from_ts, to_ts) by buckets of one width, which is both the roll-up into
-- sample_minute and a trend finer than a minute. Each sample becomes the span of time its value holds: until the next
-- sample or until its source went away, at most hold_s (default three times the tag's maximum reporting interval) and
-- within the window; a Bad sample holds, too, but as unusable time. The spans are cut at the buckets' boundaries and
-- added up. What a device kept while it could not be heard, and sent later, holds like anything else it said.
create or replace function roll_samples(tag_ids int[], from_ts timestamptz, to_ts timestamptz, width interval, hold_s float8)
  returns table (
    bucket timestamptz, tag_id int, min float8, max float8, first float8, first_ts timestamptz, last float8,
    last_ts timestamptz, integral float8, covered_s float8, good int, uncertain int, bad int, worst_quality int)
  language sql stable as $$
  with hold as (
    select wanted.tag_id,
      make_interval(secs => coalesce(hold_s, 3 * (c.config ->> 'maxReportS')::float8, 180)) as most,
      c.config -> 'address' ->> 'source' as source_id
    from unnest(tag_ids) as wanted (tag_id)
    left join tag t on t.tag_id = wanted.tag_id
    left join config_at('tag', from_ts) c on c.entity_id = t.key
  ), samples as (
    select s.tag_id, s.ts, s.quality, s.value, 1 as rank
    from sample s where s.tag_id = any (tag_ids) and s.ts >= from_ts and s.ts < to_ts
    union all
    -- what still holds at the window's start
    select h.tag_id, b.ts, b.quality, b.value, 1
    from hold h
    cross join lateral (
      select s.ts, s.quality, s.value from sample s
      where s.tag_id = h.tag_id and s.ts < from_ts and s.ts >= from_ts - h.most
      order by s.ts desc limit 1
    ) b
    union all
    -- from when on nothing could be heard any more; what was said at that very instant (that the source is away) stands
    select h.tag_id, g.from_ts, null, null, 0
    from hold h
    join source_coverage g on g.source_id = h.source_id and g.state = 'disconnected'
      and g.from_ts >= roll_samples.from_ts - h.most and g.from_ts < roll_samples.to_ts
  ), spans as (
    select s.tag_id, s.ts, s.quality, s.value, s.quality >= 0 and s.value is not null as usable, s.rank = 0 as is_end,
      greatest(s.ts, from_ts) as held_from,
      least(lead(s.ts) over (partition by s.tag_id order by s.ts, s.rank), s.ts + h.most, to_ts) as held_to
    from samples s join hold h on h.tag_id = s.tag_id
  ), pieces as (
    select p.tag_id, p.ts, p.quality, p.value, p.usable, b.bucket,
      -- the piece in which the sample itself lies
      p.ts >= b.bucket as own,
      date_part('epoch', least(p.held_to, b.bucket + width) - greatest(p.held_from, b.bucket)) as seconds
    from spans p
    cross join lateral generate_series(
      date_bin(width, p.held_from, 'epoch'::timestamptz), p.held_to - interval '1 microsecond', width) as b (bucket)
    where not p.is_end and p.held_to > p.held_from
  )
  select p.bucket, p.tag_id,
    min(p.value) filter (where p.usable),
    max(p.value) filter (where p.usable),
    first(p.value, p.ts) filter (where p.usable and p.own),
    min(p.ts) filter (where p.usable and p.own),
    last(p.value, p.ts) filter (where p.usable and p.own),
    max(p.ts) filter (where p.usable and p.own),
    coalesce(sum(p.value * p.seconds) filter (where p.usable), 0),
    coalesce(sum(p.seconds) filter (where p.usable), 0),
    (count(*) filter (where p.own and p.quality >= 0 and p.quality < 1073741824))::int,
    (count(*) filter (where p.own and p.quality >= 1073741824))::int,
    (count(*) filter (where p.own and p.quality < 0))::int,
    worst_of(max(p.quality::bigint & 4294967295))
  from pieces p
  group by p.tag_id, p.bucket
$$;
