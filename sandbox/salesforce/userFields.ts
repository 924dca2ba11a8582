import type { User } from "./state.ts";

/** A user's record: what SOQL reads of it, and what formulas may refer to. */
export function userFields(user: User) {
  return {
    Id: user.id,
    Username: user.username,
    Name: `${user.firstName} ${user.lastName}`,
    FirstName: user.firstName,
    LastName: user.lastName,
    Email: user.email,
    IsActive: user.isActive,
    Country: "DE",
  };
}
