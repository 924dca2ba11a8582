/**
 * Our own host of the same dynamic resources that the stock host runs. Started by the engine, with its address as
 * last argument; listens on loopback, tells its port on stdout and nothing else, and ends with the engine.
 */
import { Console } from "node:console";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { traceOf } from "../redaction.ts";
import { engineLog } from "./engineLog.ts";
import { resourceProvider } from "./service.ts";

// The engine takes the first line of stdout for the port, and shows the others to people as if they were the program's.
globalThis.console = new Console(process.stderr, process.stderr);
// A fault of one call must not take the others down with it.
process.on("unhandledRejection", (reason) => console.error("UNEXPECTED_ERROR:", traceOf(reason)));
// Node itself would print all that the error carries along.
process.on("uncaughtException", (error) => {
  console.error("UNEXPECTED_ERROR:", traceOf(error));
  process.exit(1);
});
// The engine holds the other end, and lets it go however it ends.
process.stdin.on("close", () => process.exit()).resume();

const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(ResourceProviderService, resourceProvider(engineLog(process.argv.at(-1) ?? "")));
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
