-- A meter's record of an hour counted from the start of its gas day (the last one may be shorter). Raw and corrected
-- volume are both kept; every recalculation is a new revision.
create table meter_hour (
  meter_id       text not null references meter,
  hour           timestamptz not null,
  to_ts          timestamptz not null check (to_ts > hour),
  revision       int not null check (revision > 0),
  raw            float8,         -- in the counter's own m3
  volume         float8,         -- standard m3 at the network's reference
  factor         float8,         -- standard m3 per counted m3
  readings       jsonb not null, -- the readings at both ends it stands on, copied
  measured_s     float8 not null,
  substituted_s  float8 not null,
  estimated_s    float8 not null,
  flags          text[] not null,
  config_version int not null,   -- of the meter
  algorithm      text not null,
  computed_at    timestamptz not null,
  primary key (meter_id, hour, revision)
);

-- Every calculation of an area's closed gas day. Copies the readings it stands on, so that retention cannot take its
-- evidence, and pins the versions of configuration and algorithm.
create table loss_result (
  area_id              text not null references area,
  gas_day              date not null,
  version              int not null check (version > 0),
  from_ts              timestamptz not null,
  to_ts                timestamptz not null,
  computed_at          timestamptz not null,
  input                float8,
  output               float8,
  own_use              float8,
  vent                 float8,
  line_pack_start      float8,
  line_pack_end        float8,
  loss                 float8,
  loss_percent         float8,
  limit_percent        float8 not null,
  u95_percent          float8,
  verdict              text not null check (verdict in ('within', 'breach', 'notAssessable')),
  reasons              text[] not null,
  completeness_percent float8 not null,
  lines                jsonb not null,
  line_pack            jsonb not null,
  inputs               jsonb not null,
  config_versions      jsonb not null,
  algorithm            text not null,
  primary key (area_id, gas_day, version)
);
create index loss_result_by_day on loss_result (gas_day, area_id, version desc);
create trigger loss_result_is_append_only before update or delete on loss_result
  for each row execute function refuse_change();
create trigger loss_result_is_never_emptied before truncate on loss_result
  for each statement execute function refuse_change();

-- The running day's figure, overwritten as it goes.
create table loss_provisional (
  area_id    text primary key references area,
  gas_day    date not null,
  result     jsonb not null,
  updated_at timestamptz not null default now()
);
