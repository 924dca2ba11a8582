import type { Part } from "./comparison.ts";
import type { Value } from "./flatten.ts";

interface Rule {
  /** All parts when left out. */
  member?: Part;
  property: RegExp;
  /** Also where only one of the sets has a value. Else a missing value is a difference. */
  evenIfMissing?: true;
  because: string;
}

/** What two sets cannot but have different, besides ids and hosts, which are replaced by what they are. */
const rules: readonly Rule[] = [
  { member: "ECA", property: /^(app|\w+(Settings|Policies))(\.\d+)?\.label$/, because: "name" },
  { member: "ECA", property: /(^|\.)fullName$/, because: "name" },
  {
    member: "ECA",
    property: /^app\.(description|contactEmail|contactPhone|infoUrl|iconUrl|logoUrl)$/,
    evenIfMissing: true,
    because: "text for people",
  },
  { property: /^(config\.(credentials\.\w+\.)?)?name$/, because: "name" },
  { property: /^(description|(config\.)?notes)$/, evenIfMissing: true, because: "text for people" },
  {
    property: /(^|\.)(created|modified|date\w*|dateCreated|lastUpdated|\w+Date)$/,
    evenIfMissing: true,
    because: "date",
  },
  {
    property: /^(created|lastModified|published)(By|User)\b.*/,
    evenIfMissing: true,
    because: "who wrote it",
  },
  { property: /^(config\.)?id$|(^|\.)selfUri$/, because: "id" },
  { member: "ECA", property: /^consumerSecret$/, because: "each app has a secret of its own" },
  {
    member: "ECA",
    property: /^keys\.\d+\.(kid|thumbprint)$/,
    because: "each org signs with keys of its own",
  },
  { member: "integration", property: /^config\.version$/, because: "counts the writes" },
  { member: "configuration", property: /^(version|newest version)$/, because: "counts the publications" },
  { member: "deployment", property: /^configuration\.version$/, because: "counts the publications" },
  { member: "deployment", property: /^snippet$/, because: "holds the deployment's id and host" },
  {
    member: "deployment",
    property:
      /^(flow|supportedContent|pushIntegrations\.\d+|identityResolution\.(division|externalSource))\.(id|name)$/,
    because: "id of something outside the set",
  },
  { member: "configuration", property: /\bknowledgeBase\.\w+$/, because: "id of something outside the set" },
];

/** Whether two sets may differ so, and why; undefined when they should not. */
export function expected(
  member: Part,
  property: string,
  left: Value | undefined,
  right: Value | undefined,
): string | undefined {
  if (left?.normalised === right?.normalised) return "of its own";
  const isMissing = left === undefined || right === undefined;
  return rules.find(
    (rule) =>
      (rule.member === undefined || rule.member === member) &&
      rule.property.test(property) &&
      (rule.evenIfMissing || !isMissing),
  )?.because;
}
