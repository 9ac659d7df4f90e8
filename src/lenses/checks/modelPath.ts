/** What a file of checks names as its model, if that is a path from the file's folder; null for the id of a built-in model. */
export function checkModelPath(model: string): string | null {
  return /[\\/]|^\.|^[a-z]:/i.test(model) ? model : null;
}
