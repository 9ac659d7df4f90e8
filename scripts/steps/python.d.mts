export function findPython(): string | null;
export function missingForRecipes(python: string | null): string | null;
