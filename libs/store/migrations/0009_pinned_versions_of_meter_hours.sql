-- Versions of everything a record was computed with (meter, tags, station, gas, network), `kind:id` → version. An hour
-- that was recorded before a change of configuration dated back to it is recorded again. null: recorded before this
-- was kept.
alter table meter_hour add column config_versions jsonb;
