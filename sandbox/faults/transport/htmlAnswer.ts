import { bothVendors, type Fault } from "../fault.ts";

const PAGE =
  "<!doctype html><html><head><title>Maintenance</title></head><body><h1>Be right back</h1></body></html>";

export const htmlAnswer: Fault = {
  name: "html-answer",
  kind: "transport",
  seen: "A machine on the way answers with a web page and status 200; the vendor was not asked.",
  vendors: bothVendors,
  before: (call) =>
    call.answer({ status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: PAGE }),
};
