// Sets the theme on the root before anything is drawn, so that the page never flashes:
// what the address asks for, else what the person has chosen before, else what the system prefers.
{
  const known = (theme) => (theme === "light" || theme === "dark" ? theme : null);
  const asked = new URLSearchParams(location.search).get("theme");
  let chosen = null;
  try {
    chosen = asked === "auto" ? null : localStorage.getItem("jobscope-theme");
  } catch {
    // Storage may be forbidden; then nothing was chosen.
  }
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = known(asked) ?? known(chosen) ?? system;
}
