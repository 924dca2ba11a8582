import { type Fault, SchemaError } from "./metadataType.ts";
import { child, childNames, METADATA_NAMESPACE, type Node, parseXml, textIn, textOf, toXml } from "./xml.ts";

/** A parsed SOAP request. */
export interface SoapRequest {
  sessionId: string | undefined;
  /** Whether the components of the call are to be saved all together or not at all. */
  allOrNone: boolean;
  operation: string;
  body: Node;
}

/** Reads an envelope; throws `SchemaError` for one that is not well-formed or asks for nothing. */
export function parseRequest(xml: string): SoapRequest {
  const envelope = child(parseXml(xml), "Envelope");
  const body = child(envelope, "Body");
  const [operation] = childNames(body);
  if (operation === undefined) throw new SchemaError("No operation available for request.");
  const header = child(envelope, "Header");
  return {
    sessionId: textIn(child(header, "SessionHeader"), "sessionId"),
    allOrNone: textIn(child(header, "AllOrNoneHeader"), "allOrNone") === "true",
    operation,
    body: child(body, operation) ?? "",
  };
}

/** The answer to an operation. */
export function response(operation: string, results: unknown[]): string {
  return envelope({
    [`${operation}Response`]: { "@xmlns": METADATA_NAMESPACE, result: results },
  });
}

export function faultResponse(fault: Fault): string {
  return envelope({ "soapenv:Fault": { faultcode: fault.code, faultstring: fault.message } });
}

function envelope(body: object): string {
  return toXml({
    "soapenv:Envelope": {
      "@xmlns:soapenv": "http://schemas.xmlsoap.org/soap/envelope/",
      "@xmlns:sf": METADATA_NAMESPACE,
      "@xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
      "soapenv:Body": body,
    },
  });
}

/** The local name that an element's `xsi:type` states. */
export function xsiType(node: Node): string | undefined {
  return textOf(child(node, "@type"))?.replace(/^.*:/, "");
}

export { children as child, texts } from "./xml.ts";
