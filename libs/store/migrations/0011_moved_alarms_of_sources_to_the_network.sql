-- An alarm of a source belongs with the network, whatever its source feeds: it keeps its occurrence and its notes when
-- that changes. Epochs are counted by partition, so the one of its former owner says nothing.
update alarm set partition = 'network', owner_epoch = 0
where alarm_id like 'source:%' and partition <> 'network';
