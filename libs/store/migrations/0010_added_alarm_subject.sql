-- What exactly an occurrence is about (the gas day of a loss), and the beginning of a running delay on our own clock
-- beside the one of whoever stamped it: across a restart only ours goes on.
alter table alarm add column subject text;
alter table alarm add column pending_received_at timestamptz;
