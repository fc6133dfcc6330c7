// Makes every column of every table sortable; the page is whole without it.
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    button.title = "Sort";
    head.append(button);
    button.onclick = () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = row => row.cells[column].dataset.v ?? row.cells[column].textContent;
      const rowsOf = body => [...body.rows].filter(row => row.className !== "group");
      const bodies = [...table.tBodies];
      const numbers = bodies.some(body => rowsOf(body).some(row => row.cells[column].dataset.v !== undefined));
      const value = row => numbers ? parseFloat(row.cells[column].dataset.v ?? "Infinity") : key(row);
      const order = (a, b) => numbers ? value(a) - value(b) || 0 : value(a).localeCompare(value(b));
      for (const body of bodies) body.append(...rowsOf(body).sort((a, b) => down ? order(b, a) : order(a, b)));
    };
  });
}
