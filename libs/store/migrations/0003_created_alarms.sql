-- Current state of every alarm that ever was, stored orthogonally; the letter is what libs/alarm derives from it,
-- kept beside it for reading.
create table alarm (
  alarm_id       text primary key,
  partition      text not null,
  station_id     text,
  tag_id         int,
  area_id        text,
  source_id      text,
  condition      text not null,
  class          text not null,
  priority       int not null,
  name           jsonb not null,
  occurrence     int not null check (occurrence >= 0),
  active         boolean not null,
  acknowledged   boolean not null,
  latched        boolean not null,
  shelved_until  timestamptz,
  suppressed_by  text,
  out_of_service boolean not null,
  active_since   timestamptz,
  returned_at    timestamptz,
  value          float8,
  limit_value    float8,
  unit           text not null,
  noted          jsonb not null,
  letter         text not null check (letter in ('A', 'B', 'C', 'D', 'E', 'F', 'G')),
  pending_since  timestamptz,
  pending_kind   text,
  owner_epoch    bigint not null
);
create index alarm_by_partition on alarm (partition);
create index alarm_not_normal on alarm (alarm_id) where letter <> 'A';

-- The journal. seq is taken from alarm_seq, whose row stays locked until the transaction ends: the order of seq is the
-- order of commit, so that "what came since n" never misses one.
create table alarm_event (
  seq         bigint primary key,
  event_id    uuid not null unique,
  at          timestamptz not null,
  alarm_id    text not null,
  partition   text not null,
  occurrence  int not null,
  kind        text not null,
  position    text,
  actor       text,
  comment     text,
  value       float8,
  limit_value float8,
  quality     int,
  state       jsonb not null,
  owner_epoch bigint not null,
  recorded_at timestamptz not null default now()
);
create index alarm_event_by_alarm on alarm_event (alarm_id, seq);
create index alarm_event_by_time on alarm_event (at);
create trigger alarm_event_is_append_only before update or delete on alarm_event
  for each row execute function refuse_change();
create trigger alarm_event_is_never_emptied before truncate on alarm_event
  for each statement execute function refuse_change();

create table alarm_seq (
  one  boolean primary key default true check (one),
  last bigint not null
);
insert into alarm_seq (last) values (0);

-- Who owns a partition. Rows, not advisory locks: all connections of the embedded server are one session.
create table partition_lease (
  partition  text primary key,
  owner      text not null,
  epoch      bigint not null, -- one more with each new owner; stands on everything he writes
  expires_at timestamptz not null
);
