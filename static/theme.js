// Sets the theme on the root before anything is drawn, so that the page never flashes:
// what the person has chosen before, else what the system prefers.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem("jobscope-theme");
  } catch {
    // Storage may be forbidden; then nothing was chosen.
  }
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = chosen === "light" || chosen === "dark" ? chosen : system;
}
