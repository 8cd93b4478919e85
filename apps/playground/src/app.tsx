/** The playground. */
export function App() {
  return (
    <main>
      <h1>Network in Network</h1>
    </main>
  );
}
