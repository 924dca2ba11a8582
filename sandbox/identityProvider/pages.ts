/** An Experience Cloud site shows another page than the org itself. */
const TITLES = { org: "Salesforce sandbox", site: "Salesforce sandbox, site for customers" };

/** The log-in form: plain HTML that posts `username` and `password` to the page's own address. */
export function loginPage(where: keyof typeof TITLES, username: string, problem?: string): string {
  const error =
    problem === undefined ? "" : `<p class="error" role="alert" id="problem">${escapeHtml(problem)}</p>`;
  const describedBy = problem === undefined ? "" : ' aria-invalid="true" aria-describedby="problem"';
  return page(
    "Log in",
    `<p>${TITLES[where]}</p>
    <form method="post">
      ${error}
      <label for="username">Username</label>
      <input id="username" name="username" type="text" autocomplete="username" autocapitalize="none"
        spellcheck="false" required value="${escapeHtml(username)}"${describedBy}>
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required${describedBy}>
      <button type="submit">Log in</button>
    </form>`,
  );
}

/** The page for a request that cannot be sent back to its client, worded as Salesforce does. */
export function errorPage(error: string, description: string): string {
  const text = `error=${error}&error_description=${description}`;
  return page(
    "OAuth Error",
    `<p>We can't authorize you because of an OAuth error.</p><p><code>${escapeHtml(text)}</code></p>`,
  );
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} | Salesforce sandbox</title>
    <style>
      body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: #f3f3f3; color: #181818; }
      main { max-width: 22rem; margin: 2rem auto; padding: 1.5rem; background: #fff; border-radius: 0.5rem; }
      h1 { font-size: 1.5rem; margin: 0; }
      label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
      label { margin-top: 1rem; font-weight: 600; }
      input, button { min-height: 2.75rem; padding: 0.5rem; border: 1px solid #747474; border-radius: 0.25rem; }
      button { margin-top: 1.5rem; background: #0b5cab; color: #fff; border-color: #0b5cab; cursor: pointer; }
      code { overflow-wrap: anywhere; }
      .error { color: #8e030f; margin: 1rem 0 0; }
    </style>
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      ${content}
    </main>
  </body>
</html>
`;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
