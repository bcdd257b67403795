// Sets the theme, and whether the page is on a projector, on the root before anything is drawn, so that the page never
// flashes: what the address asks for, else what the person has chosen before, else (for the theme) what the system prefers.
{
  const known = (theme) => (theme === "light" || theme === "dark" ? theme : null);
  const asked = new URLSearchParams(location.search);
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // Storage may be forbidden; then nothing was chosen.
    }
  };
  const { dataset } = document.documentElement;
  const chosen = asked.get("theme") === "auto" ? null : kept("jobscope-theme");
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  dataset.theme = known(asked.get("theme")) ?? known(chosen) ?? system;
  const projector = asked.get("projector") ?? (asked.has("embed") ? "no" : kept("jobscope-projector"));
  dataset.projector = ["", "1", "true", "yes"].includes(projector) ? "yes" : "no";
}
