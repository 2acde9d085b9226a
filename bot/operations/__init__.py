"""What does whoever looks after the machine do? One file a command: check, doctor, backup, restore, drill, audit."""
