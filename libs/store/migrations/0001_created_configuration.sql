-- Instants are timestamptz in SQL and whole microseconds since the epoch in TypeScript. float8 holds them exactly up
-- to 2^53 (the year 2255), and the driver hands it over as a number; to_timestamp() would lose microseconds.
create function micros(ts timestamptz) returns float8 language sql stable
  return (extract(epoch from ts) * 1000000)::float8;

create function instant(us bigint) returns timestamptz language sql stable
  return 'epoch'::timestamptz + us * interval '1 microsecond';

-- Identities: never reused, never renamed, never deleted. `ordinal` is the order in the network file, for lists only.
create table station (
  id      text primary key,
  ordinal int not null
);
create table source (
  id      text primary key,
  ordinal int not null
);
create table gas (
  id      text primary key,
  ordinal int not null
);
create table pipe (
  id      text primary key,
  ordinal int not null
);
create table area (
  id      text primary key,
  ordinal int not null
);
create table meter (
  id         text primary key, -- <station>.<meter>
  station_id text not null references station,
  ordinal    int not null
);
create table tag (
  tag_id     int generated always as identity primary key,
  key        text not null unique, -- <station>.<tag>
  station_id text not null references station,
  ordinal    int not null
);

-- What was configured when. `config` is the validated shape of the network file for that entity; a source keeps its
-- ${NAME} unresolved. Nothing is changed in place: a change ends one version (valid_to) and adds the next. A version
-- that a later change, valid from an earlier instant, put out of force is withdrawn, and stays as evidence of results.
create table config_version (
  kind         text not null check (kind in ('network', 'gas', 'source', 'station', 'tag', 'meter', 'pipe', 'area')),
  entity_id    text not null,
  version      int not null check (version > 0),
  valid_from   timestamptz not null,
  valid_to     timestamptz check (valid_to >= valid_from),
  config       jsonb not null,
  origin       text not null check (origin in ('file', 'console')),
  changed_by   text not null,
  recorded_at  timestamptz not null default clock_timestamp(),
  withdrawn_at timestamptz,
  primary key (kind, entity_id, version)
);
create index config_version_validity on config_version (kind, valid_from);

-- No instant may have two configurations of one thing. (An exclusion constraint would need btree_gist, which the
-- embedded server lacks; writers lock the table, so that the check holds between connections too.)
create function refuse_overlapping_config() returns trigger language plpgsql as $$
begin
  if new.withdrawn_at is null and exists (
    select from config_version other
    where other.kind = new.kind and other.entity_id = new.entity_id and other.version <> new.version
      and other.withdrawn_at is null
      and tstzrange(other.valid_from, other.valid_to) && tstzrange(new.valid_from, new.valid_to)
  ) then
    raise exception 'config_version % % version %: another version is valid in the same time',
      new.kind, new.entity_id, new.version using errcode = 'exclusion_violation';
  end if;
  return new;
end $$;
create constraint trigger config_version_no_overlap after insert or update on config_version
  deferrable initially immediate for each row execute function refuse_overlapping_config();

-- Only the end of a validity may change afterwards.
create function refuse_changed_config() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or (old.kind, old.entity_id, old.version, old.valid_from, old.config, old.origin, old.changed_by)
      is distinct from (new.kind, new.entity_id, new.version, new.valid_from, new.config, new.origin, new.changed_by) then
    raise exception 'config_version keeps history: add a version' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger config_version_keeps_history before update or delete on config_version
  for each row execute function refuse_changed_config();

-- What was in force at an instant.
create function config_at(of_kind text, at timestamptz)
  returns table (entity_id text, version int, config jsonb, origin text, valid_from timestamptz)
  language sql stable
  begin atomic
    select c.entity_id, c.version, c.config, c.origin, c.valid_from
    from config_version c
    where c.kind = of_kind and c.withdrawn_at is null
      and c.valid_from <= at and (c.valid_to is null or c.valid_to > at);
  end;

create view config_current as
  select kind, entity_id, version, config, origin, valid_from
  from config_version
  where withdrawn_at is null and valid_from <= now() and (valid_to is null or valid_to > now());

-- Where scheduled work stands. Locked FOR UPDATE by the job, FOR SHARE by whom it must not overtake.
create table job_state (
  name       text primary key,
  state      jsonb not null,
  updated_at timestamptz not null default now()
);

-- Used by every table that only grows.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
