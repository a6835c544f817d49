create table app_user (
  user_name     text primary key,
  display_name  text not null,
  password_hash text not null,
  role          text not null check (role in ('dispatcher', 'chief', 'metrology', 'stationChief', 'maintainer', 'viewer')),
  stations      text[],  -- null: all
  disabled      boolean not null default false,
  created_at    timestamptz not null default now()
);

-- Only a digest of the cookie's token is kept: whoever reads this table can sign in as nobody.
create table session (
  token_hash   bytea primary key,
  user_name    text not null references app_user,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  last_seen_at timestamptz not null
);
create index session_by_expiry on session (expires_at);

-- Who did what, from where; old and new value. Each line's hash covers the line before.
create table audit_event (
  id      bigint primary key,
  at      timestamptz not null default clock_timestamp(),
  actor   text not null,
  address text,
  action  text not null,
  target  text,
  old     jsonb,
  new     jsonb,
  hash    bytea not null
);
create index audit_event_by_time on audit_event (at);

-- Where the chain ends: a chain that lost its last lines does not end here.
create table audit_head (
  one  boolean primary key default true check (one),
  id   bigint not null,
  hash bytea not null
);
insert into audit_head (id, hash) values (0, sha256('linepack'::bytea));

create function audit_hash(previous bytea, e audit_event) returns bytea language sql stable
  return sha256(previous || convert_to(
    jsonb_build_array(e.id, micros(e.at), e.actor, e.address, e.action, e.target, e.old, e.new)::text, 'UTF8'));

create function chain_audit_event() returns trigger language plpgsql as $$
declare head audit_head;
begin
  select * into strict head from audit_head for update;
  new.id := head.id + 1;
  new.hash := audit_hash(head.hash, new);
  update audit_head set id = new.id, hash = new.hash;
  return new;
end $$;
create trigger audit_event_is_chained before insert on audit_event
  for each row execute function chain_audit_event();
create trigger audit_event_is_append_only before update or delete on audit_event
  for each row execute function refuse_change();
create trigger audit_event_is_never_emptied before truncate on audit_event
  for each statement execute function refuse_change();
