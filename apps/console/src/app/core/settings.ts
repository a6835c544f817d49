/** What this browser keeps for the user; null when it keeps nothing. */
export function readSetting(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch (fault) {
    console.info(`${key} is not kept by this browser: ${String(fault)}`);
    return null;
  }
}

export function writeSetting(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch (fault) {
    console.info(`${key} is not kept by this browser: ${String(fault)}`);
  }
}
