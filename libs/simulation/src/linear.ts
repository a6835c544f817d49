/**
 * Solves A·x = b in place by Gaussian elimination; x is left in b. No pivoting: the hydraulic matrices are strictly
 * diagonally dominant (capacity plus conductances on the diagonal). Zeros are skipped, which makes the nearly
 * banded matrices of pipelines cheap.
 * @param a row-major n×n, destroyed
 */
export function solveInPlace(a: Float64Array, b: Float64Array, n: number): void {
  for (let k = 0; k < n; k++) {
    const pivot = a[k * n + k] as number;
    for (let i = k + 1; i < n; i++) {
      const value = a[i * n + k] as number;
      if (value === 0) continue;
      const factor = value / pivot;
      for (let j = k + 1; j < n; j++) {
        const above = a[k * n + j] as number;
        if (above !== 0) a[i * n + j] = (a[i * n + j] as number) - factor * above;
      }
      b[i] = (b[i] as number) - factor * (b[k] as number);
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i] as number;
    for (let j = i + 1; j < n; j++) sum -= (a[i * n + j] as number) * (b[j] as number);
    b[i] = sum / (a[i * n + i] as number);
  }
}
