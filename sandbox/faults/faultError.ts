/** Why a fault could not be switched; answered as JSON by the control paths. */
export class FaultError extends Error {
  readonly status: number;
  readonly code: string;
  readonly evidence: string;
  readonly next: string;

  constructor(
    status: number,
    { code, what, evidence, next }: Record<"code" | "what" | "evidence" | "next", string>,
  ) {
    super(what);
    this.name = "FaultError";
    this.status = status;
    this.code = code;
    this.evidence = evidence;
    this.next = next;
  }

  toJSON() {
    const { code, message: what, evidence, next } = this;
    return { code, what, evidence, next };
  }
}
