-- Who takes part in sharing the partitions. A collector says so in the same statement that renews its leases, and
-- learns in it who else lives: so it knows, when the database goes away, who could take what it holds.
create table collector_member (
  owner        text primary key,
  session      uuid not null,        -- one process: a restarted one is another session of the same owner
  living_since timestamptz not null, -- of this session, without a gap
  expires_at   timestamptz not null
);

-- What an earlier owner still had when a younger one had begun: evidence, kept in the journal and never state. The
-- state of an alarm is that of its last event that is not superseded.
alter table alarm_event add column superseded boolean not null default false;
