// Loaded into a process that was started for another one: when that other process is gone, however it ended, this
// one ends as by Ctrl-C.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
