import ts from "typescript";

/** The names that a class declares for its outputs, or that an interface has. */
export function membersOf(source: string, type: string): string[] {
  const names: string[] = [];
  visit(parse(source), (node) => {
    if (ts.isInterfaceDeclaration(node) && node.name.text === type) names.push(...node.members.map(nameOf));
    if (ts.isClassDeclaration(node) && node.name?.text === type)
      names.push(...node.members.filter(ts.isPropertyDeclaration).map(nameOf));
  });
  return names;
}

/** The error codes that a source can make: properties `code`, texts that begin with one, `@throws` lines. */
export function codesIn(source: string): string[] {
  const codes: string[] = [];
  visit(parse(source), (node) => {
    if (ts.isPropertyAssignment(node) && nameOf(node) === "code") codes.push(...results(node.initializer));
    const text = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) ? node.text : "";
    codes.push(...[...text.matchAll(/^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+): /g)].map(([, code]) => code ?? ""));
  });
  const announced = [...source.matchAll(/@throws \w*Error ([A-Z][A-Z_, ]+)/g)].map(([, list]) => list ?? "");
  const all = [...codes, ...announced.flatMap((list) => list.split(/[, ]+/))];
  return [...new Set(all.filter((code) => /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(code)))];
}

/** What an expression may result in, as far as it is written out. */
function results(expression: ts.Expression): string[] {
  if (ts.isConditionalExpression(expression))
    return [...results(expression.whenTrue), ...results(expression.whenFalse)];
  return ts.isStringLiteralLike(expression) ? [expression.text] : [];
}

/** The methods of the vendor's client that a source calls. */
export function vendorCallsIn(source: string): string[] {
  const calls = [...source.matchAll(/\b(?:integrations|webDeployments)\.(\w+)\(/g)];
  return [...new Set(calls.map(([, method]) => method ?? ""))];
}

function parse(source: string): ts.SourceFile {
  return ts.createSourceFile("source.ts", source, ts.ScriptTarget.ESNext, true);
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

function nameOf(node: ts.TypeElement | ts.PropertyDeclaration | ts.PropertyAssignment): string {
  return node.name !== undefined && (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name))
    ? node.name.text
    : "";
}
