/** Names that Windows keeps for devices, with any ending. */
const devices = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?$/i;

/**
 * Whether a file's name in a repository, parts divided by `/`, is a path below the folder that it is joined to, on every
 * platform: names come from the hub, and whoever uploads a repository chooses them.
 */
export function isSafePath(path: string): boolean {
  return path.length <= 400 && path.split('/').every(isSafeName);
}

function isSafeName(name: string): boolean {
  const strange = /[\u0000-\u001f\u007f\\:*?"<>|]/;
  return name !== '' && !/[. ]$/.test(name) && !strange.test(name) && !devices.test(name);
}
